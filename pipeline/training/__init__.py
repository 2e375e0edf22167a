"""The reference fine-tuning job: a release in, a model or an adapter with its metrics and card out.

    job.py           the steps in order: start here
    options.py       what a job can be told
    data.py          examples → token ids, and which of them the loss is of
    model.py         the model and its tokenizer, or a tiny one made from scratch
    loop.py          the training itself: weighted loss, checkpoints, resuming
    evaluate.py      loss and perplexity; completions and their codes
    fairness.py      what codes were found, over all and by group of patients
    attributions.py  which tokens a prediction came from
    machine.py       too little memory or disk, and what to do
    pages.py         model card and page of attributions
    smallest.py      the demo's hand-off

torch, transformers, peft and accelerate are an extra: model.py, loop.py, evaluate.py, attributions.py and machine.py
import them, and nobody imports those before `require_extra` has found them.
"""
