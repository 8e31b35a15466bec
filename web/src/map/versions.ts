/** Days and words of the versions of a layer. */
import type { VersionLabel } from "./types";
import type { Speech } from "./words";

const DAY_MS = 86_400_000;

/** A day on which the version is in force; null where it always is. */
export function dayWithin(version: VersionLabel): string | null {
  if (version.valid_from || !version.valid_until) return version.valid_from;
  return new Date(Date.parse(`${version.valid_until}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** Since when the version is in force, as people say it. */
export function sinceWhen(speech: Speech, version: Pick<VersionLabel, "valid_from" | "label">): string {
  return version.valid_from ? speech.date(version.valid_from) : speech.text(version.label) || speech.say("undated");
}
