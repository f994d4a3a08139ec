"""Makes the example anew: a recording of the sandbox. `python -m tests.recorded.make_example`"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from st_spectrum.record.folder import write_recording
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.reading import judge, read_systems
from st_spectrum.record.report import report_of
from tests.record.worlds import installation

EXAMPLE = Path(__file__).with_name("sandbox")


def main() -> None:
    with TemporaryDirectory() as folder, installation(Path(folder)) as world:
        evidence = read_systems(world.account).evidence
    shutil.rmtree(EXAMPLE, ignore_errors=True)
    write_recording(EXAMPLE, evidence, report_of(judge(evidence)), Pseudonyms())


if __name__ == "__main__":
    main()
