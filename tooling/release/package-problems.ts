/**
 * What users of a packed package would meet: publint reads its manifest against its files, arethetypeswrong resolves
 * its types as TypeScript does.
 */
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** The package is for ES modules alone: `require` and the resolution of Node 10 are not supported, and not checked. */
const RESOLUTIONS = ['node16-esm', 'bundler'] as const;

const nameOf = (problem: Problem): string => {
  if ('entrypoint' in problem) return problem.entrypoint;
  return 'typesFileName' in problem ? problem.typesFileName : problem.fileName;
};

const typeProblems = async (tarball: Uint8Array): Promise<readonly string[]> => {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return ['arethetypeswrong: the package has no types'];
  return analysis.problems
    .filter((problem) => RESOLUTIONS.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)))
    .map(
      (problem) => `arethetypeswrong: ${nameOf(problem)}: ${problemKindInfo[problem.kind].shortDescription}`,
    );
};

const manifestProblems = async (tarball: Uint8Array): Promise<readonly string[]> => {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(tarball).buffer },
    strict: true,
  });
  return messages.map(
    (message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  );
};

/** The problems of a package, given as the bytes of its tarball; one line each, suggestions included. */
export const packageProblems = async (tarball: Uint8Array): Promise<readonly string[]> => [
  ...(await manifestProblems(tarball)),
  ...(await typeProblems(tarball)),
];
