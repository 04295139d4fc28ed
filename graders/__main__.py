"""``python -m graders``: the mentor's and author's commands."""

from graders.cli import main

if __name__ == "__main__":
    main()
