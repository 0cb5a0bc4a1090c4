/**
 * The objects of a Kubernetes manifest, checked by the compiler against the types of a package. A literal has no property that
 * its type has not: so misspelled names are found, which Kubernetes' own schemas let pass.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../sources.js';
import { at, documentsOf, type Recipe, valuesIn } from './recipes.js';

const FILE = join(ROOT, 'tooling/recipes/packages/objects.ts');

/** The modules and types of the objects that recipes use, by version and kind. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  'v1 Service': ['core/v1', 'Service'],
  'v1 PersistentVolumeClaim': ['core/v1', 'PersistentVolumeClaim'],
  'apps/v1 Deployment': ['apps/v1', 'Deployment'],
  'apps/v1 StatefulSet': ['apps/v1', 'StatefulSet'],
  'batch/v1 Job': ['batch/v1', 'Job'],
  'networking.k8s.io/v1 NetworkPolicy': ['networking/v1', 'NetworkPolicy'],
};

/** Where the types say only that it is a text. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  restartPolicy: ['Always', 'Never', 'OnFailure'],
  completionMode: ['Indexed', 'NonIndexed'],
  accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
  action: ['Count', 'FailIndex', 'FailJob', 'Ignore'],
  operator: ['In', 'NotIn'],
  policyTypes: ['Egress', 'Ingress'],
};

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es5.d.ts'],
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  module: ts.ModuleKind.ESNext,
};

/** Files of the compiler and of the package: the same for all manifests. */
const parsed = new Map<string, ts.SourceFile | undefined>();

const hostFor = (text: string): ts.CompilerHost => {
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, version) => {
    if (path === FILE) return ts.createSourceFile(path, text, version);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version));
    return parsed.get(path);
  };
  return host;
};

/** One sentence for each fault. */
export const kubernetesFaults = (one: Recipe): readonly string[] => {
  const documents = documentsOf(one);
  const literals = documents.map((document, index) => {
    const kind = `${at(document, 'apiVersion')} ${at(document, 'kind')}`;
    const [path, type] = KINDS[kind] ?? ['unknown', kind];
    const imported = `import type { ${type} as T${index} } from 'kubernetes-types/${path}';`;
    return `${imported}\nexport const object${index}: T${index} = ${JSON.stringify(document)};`;
  });
  const program = ts.createProgram([FILE], OPTIONS, hostFor(literals.join('\n')));
  const compiled = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  const others = documents
    .flatMap((document) => valuesIn(document))
    .filter(([key, value]) => typeof value === 'string' && VALUES[key]?.includes(value) === false)
    .map(([key, value]) => `${key}: ${value}`);
  return [...compiled, ...others];
};
