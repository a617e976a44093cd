/** The post's own messages. The stream tells that there is news; the list is read then. */
import { computed, shallowRef } from 'vue';
import { api } from '../api/client';
import type { Mail, MailList } from '../api/types';

export const mail = shallowRef<MailList>({ items: [], unread: 0, unacknowledged: 0 });
export const unread = computed(() => mail.value.unread);
export const urgent = computed(() => mail.value.unacknowledged > 0);

export async function loadMail(): Promise<void> {
  mail.value = await api.mailbox();
}

export function forgetMail(): void {
  mail.value = { items: [], unread: 0, unacknowledged: 0 };
}

let timer: ReturnType<typeof setTimeout> | undefined;
export function mailSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    loadMail().catch(() => undefined); // the next change asks again
  }, 400);
}

export async function readMail(letter: Mail): Promise<void> {
  if (letter.read_at === null) await api.readMail(letter.id);
  await loadMail();
}

export async function acknowledgeMail(letter: Mail): Promise<void> {
  await api.acknowledgeMail(letter.id);
  await loadMail();
}

export async function readAll(): Promise<void> {
  for (const letter of mail.value.items) if (letter.read_at === null && !letter.needs_acknowledgement) await api.readMail(letter.id);
  await loadMail();
}
