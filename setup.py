"""What pyproject.toml cannot say: packages are found, and the folder `data` of the checkout is one of them."""

from setuptools import find_packages, setup

setup(packages=[*find_packages("src"), *find_packages(include=["llama_cpp_tools*"]), "ragft._data"])
