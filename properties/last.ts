/**
 * Something that follows from one thing alone, made once for all who ask after each other: whatever looks at one moment of
 * one life looks at the same things. Only the last is kept, and in no weak map: what a weak map holds takes V8 several
 * times as long to collect, and every life leaves some.
 */
export const ofTheLast = <Thing, Made>(make: (thing: Thing) => Made): ((thing: Thing) => Made) => {
  let last: { readonly thing: Thing; readonly made: Made } | undefined;
  return (thing) => {
    if (last === undefined || last.thing !== thing) last = { thing, made: make(thing) };
    return last.made;
  };
};
