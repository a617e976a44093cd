/** Who acts, and what the server told of itself. */
import { computed, ref, shallowRef } from 'vue';
import { actAs, api } from '../api/client';
import type { Config, Post } from '../api/types';
import { kept } from './kept';
import { setServerTime } from './now';

export const config = shallowRef<Config | null>(null);
const keptPost = kept<string>('post', 'coordinator-140901');
const fixedPost = ref<string | null>(null);

/** Posts one may take at a desk of a 片区; the street centre has a page of its own. */
export const deskPosts = computed<Post[]>(() =>
  (config.value?.posts ?? []).filter((post) => post.id.startsWith('coordinator')),
);

export const post = computed<Post>(() => {
  const id = fixedPost.value ?? keptPost.value;
  const all = config.value?.posts ?? [];
  return all.find((p) => p.id === id) ?? all[0] ?? { id, label: id, desk: id.split('-')[1] ?? null };
});

export const desk = computed<string | null>(() => post.value.desk ?? null);

export function takePost(id: string): void {
  keptPost.value = id;
  actAs(id);
}

/** The refusals page is the street centre's, whatever desk was chosen elsewhere. */
export function fixPost(id: string): void {
  fixedPost.value = id;
  actAs(id);
}

export async function loadConfig(): Promise<void> {
  actAs(fixedPost.value ?? keptPost.value);
  const told = await api.config();
  config.value = told;
  setServerTime(told.now);
  actAs(post.value.id);
}
