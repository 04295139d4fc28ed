"""The one kernel of the course: the Python that runs the server, whatever other kernels a computer has."""

from __future__ import annotations

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager


class OwnKernel(KernelSpecManager):
    """Offers “python3” and nothing else.

    A kernel of that name in the user's own folder may point at another Python, in which no lesson could be imported.
    """

    def _kernel_dirs_default(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The spec of the running Python, quiet in the window it was started from.

        It keeps no history file: in a synced folder one may stay locked for minutes.
        """
        spec = super().get_kernel_spec(kernel_name)
        spec.argv = [*spec.argv, "--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR"]
        return spec
