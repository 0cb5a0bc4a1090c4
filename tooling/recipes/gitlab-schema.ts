/** The keys of a GitLab pipeline that the recipe uses, after https://docs.gitlab.com/ci/yaml/: no package has their schema. */

const TEXT = { type: 'string', minLength: 1 };
const TEXTS = { type: 'array', items: TEXT, minItems: 1 };
const WHEN = { enum: ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'] };
const object = (properties: object): object => ({ type: 'object', additionalProperties: false, properties });

const JOB = {
  ...object({
    extends: TEXT,
    image: TEXT,
    stage: TEXT,
    before_script: TEXTS,
    script: TEXTS,
    variables: { type: 'object', additionalProperties: TEXT },
    parallel: { type: 'integer', minimum: 2, maximum: 200 },
    timeout: { type: 'string', pattern: '^\\d+[hm]$' },
    rules: { type: 'array', items: object({ if: TEXT, when: WHEN }) },
    cache: object({ key: TEXT, paths: TEXTS, when: { enum: ['on_success', 'on_failure', 'always'] } }),
    artifacts: object({
      when: { enum: ['on_success', 'on_failure', 'always'] },
      paths: TEXTS,
      reports: object({ junit: TEXT }),
    }),
  }),
};

export const GITLAB = {
  type: 'object',
  properties: { stages: TEXTS },
  additionalProperties: JOB,
};
