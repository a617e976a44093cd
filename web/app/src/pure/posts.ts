/** Posts in the words of the screen, from their names alone: role, then 片区, grid or kind. */
import { words } from '../words';

/** The role a post's name begins with, and what comes behind it. */
export function readPost(id: string): { role: string; area: string } {
  const role = Object.keys(words.roles)
    .sort((a, b) => b.length - a.length)
    .find((r) => id === r || id.startsWith(`${r}-`));
  return role ? { role, area: id.slice(role.length + 1) } : { role: id, area: '' };
}

/** 仓场社区网格 → 仓场; 新成村网格 stays 新成村, which is not 新成社区. */
export function stationName(grid: string): string {
  return `${grid.replace(/网格$/, '').replace(/社区$/, '')}工作站`;
}

export function postLabel(id: string | null, grids: { code: string; name: string }[] = []): string {
  if (!id) return '';
  const { role, area } = readPost(id);
  if (role === 'platform') return words.platforms[area] ?? words.roles.platform ?? id;
  const grid = grids.find((g) => g.code === area);
  if (role === 'station' && grid) return stationName(grid.name);
  if (role === 'department') return words.departments[area] ?? `${words.roles.department ?? ''}${area}`;
  const number = area.split('-')[1] ?? '';
  const where = /^1409/.test(area) ? words.sector(area.slice(0, 6)) : '';
  return `${where}${words.roles[role] ?? id}${number}`;
}

export interface PostGroup {
  name: string;
  posts: { id: string; label: string }[];
}

/** Groups for the log-in of the demonstration; a post shows up once, in the plan's order. */
export function grouped(posts: { id: string; label: string }[]): PostGroup[] {
  const names = words.login.groups;
  const of = (id: string): string => {
    const { role, area } = readPost(id);
    if (role === 'street-centre' || role === 'admin') return names.street;
    if (role === 'station') return names.stations;
    if (role === 'department') return names.departments;
    if (role === 'platform' || role === 'platform-grid') return names.sources;
    return area.startsWith('140902') ? names.east : names.west;
  };
  return Object.values(names)
    .map((name) => ({ name, posts: posts.filter((p) => of(p.id) === name) }))
    .filter((g) => g.posts.length > 0);
}
