/**
 * Moments and spans in words. The plan's clocks run on Shanghai time whatever the screen's own zone is set to;
 * Shanghai has kept +08:00 without summer time since 1992, so a fixed shift is exact.
 */
const SHIFT_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六'];

const two = (n: number): string => String(n).padStart(2, '0');

interface Parts {
  day: number;
  month: number;
  date: number;
  weekday: string;
  hour: number;
  minute: number;
  second: number;
}

function parts(ms: number): Parts {
  const there = new Date(ms + SHIFT_MS);
  return {
    day: Math.floor((ms + SHIFT_MS) / DAY_MS),
    month: there.getUTCMonth() + 1,
    date: there.getUTCDate(),
    weekday: WEEKDAYS[there.getUTCDay()] ?? '',
    hour: there.getUTCHours(),
    minute: there.getUTCMinutes(),
    second: there.getUTCSeconds(),
  };
}

/** 3月11日 周三 09:31:24 */
export function wallClock(ms: number): string {
  const p = parts(ms);
  return `${p.month}月${p.date}日 周${p.weekday} ${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
}

/** 09:31 */
export function hourMinute(ms: number): string {
  const p = parts(ms);
  return `${two(p.hour)}:${two(p.minute)}`;
}

/** Today by the hour, else by the day: 09:12, 昨天, 3月9日. */
export function shortMoment(iso: string, now: number): string {
  const at = Date.parse(iso);
  const [there, here] = [parts(at), parts(now)];
  if (there.day === here.day) return hourMinute(at);
  return there.day === here.day - 1 ? '昨天' : `${there.month}月${there.date}日`;
}

/** Today by the hour, else with the day: 09:12, 3月9日 17:40. */
export function moment(iso: string, now: number): string {
  const at = Date.parse(iso);
  const p = parts(at);
  return p.day === parts(now).day ? hourMinute(at) : `${p.month}月${p.date}日 ${hourMinute(at)}`;
}

/** A limit as the notice writes it: midnight belongs to the day that ends, 3月12日 24:00. */
export function limitMoment(iso: string): string {
  const at = Date.parse(iso);
  const p = parts(at);
  if (p.hour || p.minute || p.second) return `${p.month}月${p.date}日 ${hourMinute(at)}`;
  const before = parts(at - 1);
  return `${before.month}月${before.date}日 24:00`;
}

/** 8分, 1小时20分, 38小时, 4天. Rounded down: a screen never promises time that is not there. */
export function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return '不到1分';
  if (minutes < 60) return `${minutes}分`;
  const hours = Math.floor(minutes / 60);
  if (hours < 3 && minutes % 60) return `${hours}小时${minutes % 60}分`;
  return hours < 72 ? `${hours}小时` : `${Math.floor(hours / 24)}天`;
}

/** How old a position is: 12分钟前. */
export function ageWords(seconds: number): string {
  if (seconds < 60) return '刚刚';
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}分钟前` : `${Math.floor(minutes / 60)}小时前`;
}
