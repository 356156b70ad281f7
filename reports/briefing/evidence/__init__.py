"""证据卷宗: everything that a reviewer needs to check the numbers of one data version. Entry point: `dossier`."""
