from django.apps import AppConfig


class OpendataPortalConfig(AppConfig):
    name = "opendata_portal"

    def ready(self) -> None:
        from opendata_portal import checks  # noqa: F401
