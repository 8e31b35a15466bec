"""Run Lantu as a module · 以模块方式运行."""

from lantu.interfaces.cli.main import run

if __name__ == "__main__":
    run()
