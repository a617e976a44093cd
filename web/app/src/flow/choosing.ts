/** Which of the permitted steps a screen offers first, and how a form becomes the body of a command. */
import type { Step } from '../api/types';
import { readNumber } from '../pure/coordinates';
import { stepsOf } from '../pure/steps';
import { FORMS } from './forms';
import { fromInput, type Context, type Draft, type Field, type FileRow, type DutyRow } from './kinds';

/** What moves a case on, the most pressing first. */
const LEADING = [
  'rejection', 'acceptance', 'location', 'verification-result', 'station-return-decision', 'extension-decision', 'suspension-decision',
  'instruction', 'signing', 'response', 'coordination-result', 'feedback', 'dispatch', 'coordination', 'closing', 'suspension-end',
  'escalation-settlement', 'head-coordination', 'send-back', 'supervision-answer', 'archiving', 'merge-undoing',
];
/** What is often done beside it. */
const USUAL = [
  'location', 'disposal', 'disposal-end', 'station-return', 'joint-request', 'return', 'evaluation', 'verification', 'phone-call', 'head-report',
  'urging', 'sub-task', 'rejection-withdrawal', 'first-contact', 'return-visit', 'reopening', 'hand-back', 'reclassification',
];

export interface Offer {
  primary: string | null;
  beside: string[];
  more: string[];
}

export function offered(c: Context, chosen: number): Offer {
  const paths = reasonable(c, chosen);
  const primary = LEADING.find((p) => paths.includes(p) && leads(p, c)) ?? null;
  const rest = paths.filter((p) => p !== primary);
  const usual = [...USUAL, ...LEADING].filter((p, i, all) => rest.includes(p) && all.indexOf(p) === i);
  const beside = usual.slice(0, 4);
  return { primary, beside, more: rest.filter((p) => !beside.includes(p)) };
}

function reasonable(c: Context, chosen: number): string[] {
  const may = (c.case_.steps ?? []).map((s: Step) => s.path).filter((p) => FORMS[p] && (FORMS[p].offered?.(c) ?? true));
  const grid = stepsOf(c.case_, c.desk, chosen);
  const fits = (p: string): boolean => {
    if (p === 'acceptance') return grid.accept !== null;
    if (p === 'rejection') return grid.reject !== null;
    return true;
  };
  const found = may.filter(fits);
  return grid.withdrawRejection && c.role === 'coordinator' ? [...found, 'rejection-withdrawal'] : found;
}

function leads(path: string, c: Context): boolean {
  const { status } = c.case_;
  const desk = c.role === 'coordinator' || c.role === 'street-centre';
  if (path === 'location') return status === 'no_location' || (status === 'boundary_review' && stepsOf(c.case_, c.desk, 0).primary === 'location');
  if (path === 'response') return !desk;
  if (path === 'coordination') return status === 'accepted' || status === 'reopened';
  if (path === 'dispatch') return status === 'accepted' || status === 'reopened';
  if (path === 'coordination-result') return status === 'responded';
  if (path === 'instruction') return status === 'instruction_pending';
  return true;
}

/** The draft a form begins with. */
export function startOf(path: string, c: Context): Draft {
  const form = FORMS[path];
  const empty: Draft = {};
  for (const field of form?.fields ?? []) {
    if (field.kind === 'place') Object.assign(empty, { lon: '', lat: '', crs: 'CGCS2000', accuracy: '' });
    else empty[field.name] = LISTS.has(field.kind) ? [] : field.kind === 'toggle' ? false : '';
  }
  return { ...empty, ...form?.start?.(c) };
}
const LISTS = new Set(['checks', 'posts', 'files', 'duties', 'points']);

export function shown(path: string, draft: Draft, c: Context): Field[] {
  return (FORMS[path]?.fields ?? []).filter((f) => f.show?.(draft, c) ?? true);
}

/** What is missing or wrong, by field. */
export function mistakes(path: string, draft: Draft, c: Context): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of shown(path, draft, c)) {
    const needed = typeof field.required === 'function' ? field.required(draft, c) : field.required;
    if (needed && isEmpty(field, draft)) found[field.name] = missing(field);
  }
  return { ...found, ...(Object.keys(found).length ? {} : FORMS[path]?.check?.(draft, c)) };
}

function isEmpty(field: Field, draft: Draft): boolean {
  if (field.kind === 'place') return readNumber(String(draft.lon ?? '')) === null || readNumber(String(draft.lat ?? '')) === null;
  const value = draft[field.name];
  return Array.isArray(value) ? value.length === 0 : String(value ?? '').trim() === '';
}

function missing(field: Field): string {
  const name = field.label.replace(/（.*）$/, '');
  if (field.name === 'reason' && field.label === '理由') return '请写明理由。';
  if (field.kind === 'place') return '请填两个数字，或在地图上选点。';
  return ['choice', 'checks', 'post', 'posts', 'day', 'moment', 'duties'].includes(field.kind) ? `请选：${name}。` : `请写明：${name}。`;
}

/** The body of the command: only the fields that are shown, empty ones left out. */
export function bodyOf(path: string, draft: Draft, c: Context): Draft {
  const body: Draft = {};
  for (const field of shown(path, draft, c)) {
    const value = draft[field.name];
    switch (field.kind) {
      case 'place': {
        const [lon, lat] = [readNumber(String(draft.lon ?? '')), readNumber(String(draft.lat ?? ''))];
        const accuracy_m = readNumber(String(draft.accuracy ?? ''));
        if (lon !== null && lat !== null) Object.assign(body, { lon, lat, crs: draft.crs, ...(accuracy_m === null ? {} : { accuracy_m }) });
        break;
      }
      case 'moment':
        if (value) body[field.name] = fromInput(String(value));
        break;
      case 'toggle':
        body[field.name] = Boolean(value);
        break;
      case 'files':
        body[field.name] = (value as FileRow[]).map(({ sha256, kind, name }) => ({ sha256, kind, name }));
        break;
      case 'duties':
        body[field.name] = (value as DutyRow[]).map((r) => ({ ...r, text: r.text.trim(), due_at: fromInput(r.due_at) }));
        break;
      case 'checks':
      case 'posts':
      case 'points':
        body[field.name] = value;
        break;
      default: {
        const text = String(value ?? '').trim();
        if (text) body[field.name] = text;
      }
    }
  }
  return FORMS[path]?.body?.(body, draft, c) ?? body;
}

export function openWord(path: string, c: Context, step: Step | undefined): string {
  return FORMS[path]?.open?.(c) ?? FORMS[path]?.button?.(c, startOf(path, c)) ?? step?.button ?? path;
}
export function sendWord(path: string, draft: Draft, c: Context, step: Step | undefined): string {
  return FORMS[path]?.button?.(c, draft) ?? step?.button ?? path;
}
