/** Texts for when there is more than the screen can list. */
export const largeWords = {
  first: (shown: number, all: number): string => `仅显示先到时限的 ${shown} 件，共 ${all} 件`,
};
