/** The language and time zone that a program sees. */

/** What a program takes for granted about the people around its machine. */
export interface Locale {
  /** An IANA time zone: 'Europe/Vienna'. */
  readonly timeZone: string;
  /** A BCP 47 language tag: 'de-AT'. */
  readonly language: string;
}
