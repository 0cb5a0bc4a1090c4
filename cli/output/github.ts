/** Inside GitHub Actions a result is also said the way GitHub shows it; anywhere else nothing happens. */
import { appendFile } from 'node:fs/promises';
import { harmlessLine } from '../../reports/format.js';
import { renderAnnotations, renderStepSummary } from '../../reports/formats/github.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { messageOf } from '../usage-error.js';
import type { Output, Variables } from './terminal.js';

export interface GithubJob {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly variables: Variables;
}

/** 'all': annotations and summary, where there is GitHub. 'always': annotations elsewhere, too. 'summary': no annotations. */
export type GithubPart = 'all' | 'always' | 'summary';

/** A summary that can't be written is a warning and changes no verdict: the result is in its own files. */
export const tellGithub = async (result: CampaignResult, job: GithubJob, part: GithubPart): Promise<void> => {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = job.variables;
  const isThere = GITHUB_ACTIONS === 'true';
  if (part === 'always' || (isThere && part === 'all')) job.stdout.write(renderAnnotations(result));
  if (!isThere || GITHUB_STEP_SUMMARY === undefined || GITHUB_STEP_SUMMARY === '') return;
  try {
    await appendFile(GITHUB_STEP_SUMMARY, renderStepSummary(result));
  } catch (thrown) {
    job.stderr.write(`powercut: the step summary was not written: ${harmlessLine(messageOf(thrown))}\n`);
  }
};
