/** What a run prints on standard output, by the name that `--reporter` takes, and what it prints meanwhile. */
import { renderReportFile } from '../../reports/formats/report-files.js';
import { renderCampaign } from '../../reports/terminal/campaign.js';
import type { CampaignResult, SuiteResult } from '../../sim/result/result.js';
import type { ReporterName } from '../defaults.js';
import { type GithubJob, tellGithub } from './github.js';
import { barProgress, lineProgress, type Planned, type ProgressSink } from './progress.js';
import { appearanceOn, wantsBar } from './terminal.js';

/** A line that must be read, and nothing else. */
const silentProgress = (stream: NodeJS.WritableStream): ProgressSink => ({
  update: () => undefined,
  finished: () => undefined,
  end: () => undefined,
  say: (line) => void stream.write(`${line}\n`),
});

const dotOf = ({ verdict, asExpected }: SuiteResult): string => {
  if (verdict === 'undecided') return '?';
  return asExpected ? '.' : 'F';
};

/** A character for each suite. */
const dotProgress = ({ stdout, stderr }: GithubJob): ProgressSink => {
  let isOpen = false;
  const end = (): void => {
    if (isOpen) stdout.write('\n');
    isOpen = false;
  };
  return {
    update: () => undefined,
    finished: (result) => {
      stdout.write(dotOf(result));
      isOpen = true;
    },
    end,
    say: (line) => {
      end();
      stderr.write(`${line}\n`);
    },
  };
};

/** What goes on, while it does. */
export const progressFor = (name: ReporterName, job: GithubJob, planned: Planned): ProgressSink => {
  const { stderr, variables } = job;
  switch (name) {
    case 'dot':
      return dotProgress(job);
    case 'quiet':
      return silentProgress(stderr);
    default:
      return wantsBar(stderr, variables) ? barProgress(stderr, planned) : lineProgress(stderr);
  }
};

/** Prints the result. In GitHub Actions it also writes the summary of the step, and annotations unless a document is printed. */
export const printResult = async (
  result: CampaignResult,
  { reporter, verbose }: { readonly reporter: ReporterName; readonly verbose: boolean },
  job: GithubJob,
): Promise<void> => {
  const { stdout, variables } = job;
  switch (reporter) {
    case 'json':
      stdout.write(renderReportFile('result.json', result));
      return tellGithub(result, job, 'summary');
    case 'junit':
      stdout.write(renderReportFile('junit.xml', result));
      return tellGithub(result, job, 'summary');
    default: {
      const isBrief = reporter === 'dot' || reporter === 'quiet';
      stdout.write(renderCampaign(result, { ...appearanceOn(stdout, variables), verbose, brief: isBrief }));
      return tellGithub(result, job, reporter === 'github' ? 'always' : 'all');
    }
  }
};
