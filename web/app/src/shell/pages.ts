/** Addresses of the pages, and which posts have a use for each. The server decides; this only keeps the menu short. */
import { ref } from 'vue';

export type PageId = 'dispatch' | 'refusals' | 'tasks' | 'roster' | 'policy' | 'deliveries' | 'accounts' | 'security' | 'print' | 'field' | 'wall';

export const ADDRESS: Record<PageId, string> = {
  dispatch: '/',
  refusals: '/refusals',
  tasks: '/tasks',
  roster: '/roster',
  policy: '/policy',
  deliveries: '/deliveries',
  accounts: '/accounts',
  security: '/security',
  field: '/field',
  print: '/print',
  wall: '/wall',
};

const DESK = ['coordinator', 'inspector', 'deputy', 'head', 'police', 'chengguan', 'market'];

export function maySee(id: PageId, role: string): boolean {
  switch (id) {
    case 'print':
    case 'dispatch':
      return role !== 'admin' && role !== '';
    case 'refusals':
      return role === 'street-centre';
    case 'accounts':
      return role === 'admin';
    case 'deliveries':
      return ['street-centre', 'admin', 'coordinator'].includes(role);
    case 'roster':
    case 'policy':
      return ['street-centre', 'admin', ...DESK].includes(role);
    case 'tasks':
      return role !== 'admin' && role !== '' && !role.startsWith('platform');
    case 'wall':
      return ['street-centre', ...DESK].includes(role);
    case 'security':
      return true;
    case 'field':
      return ['station', 'responder', 'patrol', 'department', 'police', 'chengguan', 'market', 'deputy'].includes(role);
  }
}

/** A printed case is opened from the case, not from the menu. */
export function pagesFor(role: string): PageId[] {
  return (Object.keys(ADDRESS) as PageId[]).filter((id) => id !== 'print' && maySee(id, role));
}

/** The page of an address; the administrator has no cases and begins with the accounts. */
export function pageOf(path: string, role: string): { id: PageId; may: boolean } {
  const bare = path.replace(/\/+$/, '') || '/';
  const id = (Object.keys(ADDRESS) as PageId[]).find((p) => ADDRESS[p] === bare) ?? 'dispatch';
  if (id === 'dispatch' && role === 'admin') return { id: 'accounts', may: true };
  if (id === 'dispatch' && role === '') return { id: 'security', may: true };
  return { id, may: maySee(id, role) };
}

/** 换岗位: the list of the demonstration's posts over the page. */
export const switching = ref(false);
/** A case that another page asks the map to open. */
export function caseAddress(number: string): string {
  return `/#${number}`;
}
/** One case on paper. */
export function printAddress(number: string): string {
  return `/print#${number}`;
}
