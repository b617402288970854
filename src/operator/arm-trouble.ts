// ARM trouble: an answer with which an action cannot be gone on with. One sentence for the operator; no fault of Muster's.

export class ArmTrouble extends Error {
  override readonly name = 'ArmTrouble';
}
