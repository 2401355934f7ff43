import type { CaseReader } from '../case/types.ts';
import type { Checked } from '../contract.ts';
import { definedFigures } from '../contract/class-figures.ts';
import type { ModelDetail, ModelFile } from '../contract/models.ts';
import { writeWhole } from '../report/safe-file.ts';
import { refuseProtected } from '../report/target.ts';
import type { TrainDetail } from '../runs/train.ts';

/** A model with everything that was found out about it. @throws FlowcaseError NOT_FOUND */
export function modelDetail(reader: CaseReader, run: number): ModelDetail {
  const { summary, detail } = reader.learned('train', run);
  const kept = detail as TrainDetail;
  return { run: summary, ...kept, figures: kept.figures.map((one) => ({ ...one, classes: definedFigures(one) })) };
}

/** Writes a model as a file of its own. Never over the case or its evidence. @throws FlowcaseError NOT_FOUND, WRITE_FAILED */
export async function exportModel(reader: CaseReader, { run, path }: Checked<'model.export'>): Promise<ModelFile> {
  reader.refresh();
  reader.learned('train', run);
  refuseProtected(reader, path);
  const { file } = reader.model(run);
  const {
    file: written,
    bytes,
    sha256,
  } = await writeWhole(path, (output) => new Promise<null>((done) => output.end(file, () => done(null))));
  return { file: written, bytes, sha256 };
}
