"""Start the process; its options are also plain flags, as in the tool that it replaces."""

from emgrig.runtime import run

from emgrig_emg_generator.config import EmgGeneratorSettings
from emgrig_emg_generator.service import EmgGeneratorService

# Flag -> key of the table [emg-generator]. Source: the option names of session-format.md 9.
FLAGS = {
    "--name": "stream_name",
    "--channels": "n_channels",
    "--fs": "sample_rate_hz",
    "--chunk": "chunk_samples",
    "--classes": "n_classes",
    "--control": "control_stream",
    "--multi-dof": "multi_dof",
}


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(EmgGeneratorService, EmgGeneratorSettings, flags=FLAGS)


if __name__ == "__main__":
    main()
