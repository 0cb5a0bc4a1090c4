/**
 * Something that follows from one thing alone, made once for all who ask after each other: whatever looks at one moment of
 * one life looks at the same things. Only the last is kept, and in no weak map: V8's young collections keep alive all
 * that a weak map holds, so the garbage of every life would grow old.
 */
export const ofTheLast = <Thing, Made>(make: (thing: Thing) => Made): ((thing: Thing) => Made) => {
  let last: { readonly thing: Thing; readonly made: Made } | undefined;
  return (thing) => {
    if (last === undefined || last.thing !== thing) last = { thing, made: make(thing) };
    return last.made;
  };
};
