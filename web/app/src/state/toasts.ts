/** Short confirmations and troubles; read out to those who listen. They never cover a form. */
import { reactive } from 'vue';
import { ApiProblem } from '../api/client';

export interface Toast {
  id: number;
  text: string;
  detail: string;
  grave: boolean;
  /** One thing that can be done about it from here. */
  todo: Todo | null;
}
interface Todo {
  label: string;
  act: () => void;
}

export const toasts = reactive<Toast[]>([]);
let last = 0;

export function say(text: string, detail = '', grave = false, todo: Todo | null = null): void {
  last += 1;
  const id = last;
  toasts.push({ id, text, detail, grave, todo });
  if (toasts.length > 4) toasts.shift();
  setTimeout(() => dismiss(id), grave || todo ? 9_000 : 4_500);
}

export function sayProblem(cause: unknown): void {
  if (!(cause instanceof ApiProblem)) throw cause;
  const [title = '', ...rest] = cause.lines;
  say(title, rest.join('；'), true);
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((t) => t.id === id);
  if (at >= 0) toasts.splice(at, 1);
}
