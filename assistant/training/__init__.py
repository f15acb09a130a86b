"""Training on the city's own machine: the judge of answers."""

from assistant.training.examples import Example, Material, examples_of, load_material, load_squad
from assistant.training.judge import Progress, train_judge

__all__ = ["Example", "Material", "Progress", "examples_of", "load_material", "load_squad", "train_judge"]
