"""A tiny language model with random weights, as a GGUF file that llama.cpp loads.

Its vocabulary is made of words, each one token with the space before it, so that a text has one
reading as tokens and a server that goes on with it goes on exactly. What it says is nonsense, the
same at each run (temperature 0), and each word depends on all before it.
"""

from itertools import product
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="the extra `llama` is not installed")
gguf = pytest.importorskip("gguf", reason="the extra `llama` is not installed")

WIDTH, INNER, LAYERS, HEADS, CONTEXT = 64, 128, 2, 4, 2048
SPACE = "\u0120"  # how byte-level vocabularies write the space before a word
TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


def write_model(path: Path, seed: int = 7) -> None:
    """Write the model to a file, 1.3 MB."""
    random = np.random.default_rng(seed)
    single = list_byte_names()
    tokens = [*single, *list_words(1500), "<|end|>"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")  # takes a word that is in the vocabulary as it is
    writer.add_token_list(tokens)
    kinds = [gguf.TokenType.NORMAL] * (len(tokens) - 1)
    writer.add_token_types([*kinds, gguf.TokenType.CONTROL])
    writer.add_token_merges(["b a"])
    writer.add_bos_token_id(len(tokens) - 1)
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_add_bos_token(False)  # noqa: FBT003 - the package's signature
    writer.add_chat_template(TEMPLATE)

    def add(name: str, *shape: int, scale: float = 1.0) -> None:
        weights = random.standard_normal(shape) * scale
        writer.add_tensor(f"{name}.weight", weights.astype(np.float32))

    add("token_embd", len(tokens), WIDTH)
    output = random.standard_normal((len(tokens), WIDTH)).astype(np.float32)
    output[: len(single)] = 0  # only words are ever said
    output[-1] = 0
    writer.add_tensor("output.weight", output)
    scale = WIDTH**-0.5
    norms = ["output_norm"]
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        norms += [f"{block}.attn_norm", f"{block}.ffn_norm"]
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"{block}.{name}", WIDTH, WIDTH, scale=3 * scale)
        add(f"{block}.ffn_gate", INNER, WIDTH, scale=2 * scale)
        add(f"{block}.ffn_up", INNER, WIDTH, scale=2 * scale)
        add(f"{block}.ffn_down", WIDTH, INNER, scale=2 * scale)
    for name in norms:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def list_words(count: int) -> list[str]:
    """Return so many words of two syllables, each with the space before it."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    return [SPACE + "".join(pair) for pair in product(syllables, repeat=2)][:count]


def list_byte_names() -> list[str]:
    """Return how byte-level vocabularies write each byte: printable ones as they are."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    names = {byte: chr(byte) for byte in printable}
    names |= {byte: chr(256 + index) for index, byte in enumerate(others)}
    return [names[byte] for byte in range(256)]
