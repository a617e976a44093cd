/** Whose session this is, which post acts, and what the server told of itself. */
import { computed, ref, shallowRef } from 'vue';
import { api, ApiProblem, carry, onSession } from '../api/client';
import type { Config, Session } from '../api/types';
import { setServerTime } from './now';

export const config = shallowRef<Config | null>(null);
export const session = shallowRef<Session | null>(null);
/** Before the first answer nobody knows whether somebody is logged in. */
export const asked = ref(false);
/** The session ended under the operator's hands: log-in over the page, nothing is taken away. */
export const expired = ref(false);
/** Counts log-ins and changes of post: streams and lists begin anew. */
export const epoch = ref(0);

export const post = computed(() => ({ id: session.value?.post ?? '', label: session.value?.post_label ?? '' }));
export const desk = computed<string | null>(() => session.value?.desk ?? null);
export const role = computed<string>(() => session.value?.role ?? '');

function take(told: Session): void {
  const before = session.value;
  session.value = told;
  carry(told.csrf);
  expired.value = false;
  if (before?.post !== told.post || before?.account !== told.account || before.csrf !== told.csrf) epoch.value += 1;
}

export async function loadConfig(): Promise<void> {
  const told = await api.config();
  config.value = told;
  setServerTime(told.now);
}

/** Reads whose session the cookie names; nobody's is an answer, too. */
export async function readSession(): Promise<void> {
  try {
    take(await api.session());
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || cause.status !== 401) throw cause;
    if (session.value) expired.value = true;
  } finally {
    asked.value = true;
  }
}

export async function logIn(name: string, password: string, totp: string): Promise<void> {
  take(await api.logIn({ name, password, ...(totp ? { totp } : {}) }));
  await loadConfig();
}

export async function logInDemo(id: string): Promise<void> {
  take(await api.logInDemo(id));
  await loadConfig();
}

export async function choosePost(id: string): Promise<void> {
  take(await api.choosePost(id));
  await loadConfig();
}

export async function logOut(): Promise<void> {
  await api.logOut().catch(() => undefined); // a session that is over already is as good
  location.assign('/');
}

export async function passwordChanged(): Promise<void> {
  await readSession();
}

onSession({
  lost() {
    if (session.value) expired.value = true;
  },
  renew: readSession,
});

// Two tabs share one session: what the other changed is taken over when one comes back to this one.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && session.value && !expired.value) readSession().catch(() => undefined);
});
