"""placeholder"""
from starlette.routing import Route
from st_spectrum.sandbox.rig import Rig
def console_routes(rig: Rig) -> list[Route]:
    return []
