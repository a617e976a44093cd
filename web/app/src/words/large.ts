/** Texts for when there is more than the screen can list. */
export const largeWords = {
  /** Beside the order, in the width of the queue; the whole sentence is the tip. */
  short: (shown: number, all: number): string => `前 ${shown} / 共 ${all} 件`,
  first: (shown: number, all: number): string => `仅显示先到时限的 ${shown} 件，共 ${all} 件`,
};
