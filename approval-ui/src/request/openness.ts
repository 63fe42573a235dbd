import type { ReleasedClass, Rendering } from '../api/model';

/** From what shows most to what shows least. */
const MOST_OPEN_FIRST: Rendering[] = ['clear', 'surrogate', 'partial', 'generalised', 'redacted'];

export function mostOpenFirst(classes: readonly ReleasedClass[]): ReleasedClass[] {
  return classes
    .slice()
    .sort((one, other) => MOST_OPEN_FIRST.indexOf(one.rendering) - MOST_OPEN_FIRST.indexOf(other.rendering));
}

/** Each rendering that occurs, once, the most open first. */
export function renderingsOf(classes: readonly ReleasedClass[]): Rendering[] {
  return MOST_OPEN_FIRST.filter((rendering) => classes.some((each) => each.rendering === rendering));
}
