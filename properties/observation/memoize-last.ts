/** What was made, and of what: the next thing may begin as the last one did. */
interface Last<Thing, Made> {
  readonly thing: Thing;
  readonly made: Made;
}

/**
 * Something that follows from one thing alone, made once for all who ask after each other: whatever looks at one moment of
 * one life looks at the same things. Only the last is kept, and in no weak map: what a weak map holds takes V8 several
 * times as long to collect, and every life leaves some.
 */
export const ofTheLast = <Thing, Made>(
  make: (thing: Thing, before: Last<Thing, Made> | undefined) => Made,
): ((thing: Thing) => Made) => {
  let last: Last<Thing, Made> | undefined;
  return (thing) => {
    if (last === undefined || last.thing !== thing) last = { thing, made: make(thing, last) };
    return last.made;
  };
};
