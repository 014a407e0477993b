"""The texts of the word lessons: the grammar, gensim's corpora, what a person types or uploads."""

import hashlib
import re
import subprocess
import sys
from collections import Counter

import pytest
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath

from engine.words import corpora, grammar


def test_the_grammar_has_153_words_and_the_same_seed_writes_the_same_text():
    text = grammar.sentences(20_000, seed=0)
    assert len({word for sentence in text for word in sentence}) == 153
    assert text == grammar.sentences(20_000, seed=0) != grammar.sentences(20_000, seed=1)


def test_a_king_stands_with_royal_and_male_contexts_only():
    found = Counter(w for sentence in grammar.sentences(5_000) if "king" in sentence for w in sentence)
    fillers = {"the", "and", "of", "with", "king"}
    assert set(found) - fillers == {"throne", "crown", "palace", "beard", "tie", "moustache"}


def test_every_sentence_of_the_grammar_follows_a_template():
    patterns = [re.sub(r"\{\w+\}", r"\\w+", family.template) for family in grammar.FAMILIES]
    assert all(any(re.fullmatch(p, " ".join(sentence)) for p in patterns) for sentence in grammar.sentences(500))


def test_no_word_of_the_grammar_belongs_to_two_families():
    words = [word for family in grammar.FAMILIES for row, _ in family.rows for word in row.split()]
    assert len(words) == len(set(words)) == len(grammar.groups())


@pytest.mark.parametrize("count", [0, 99, 50_001])
def test_an_impossible_number_of_sentences_is_named(count):
    with pytest.raises(ValueError, match=f"{count} sentences are not possible here; use 100 to 50,000"):
        grammar.sentences(count)


def test_the_lee_corpus_is_gensims_file_in_lower_case():
    ours = corpora.load(corpora.Text(corpora.LEE))
    theirs = list(LineSentence(datapath("lee_background.cor")))
    assert len(ours) == len(theirs) == 300
    assert ours[0][:6] == [word.lower() for word in theirs[0][:6]]


WIKI_CORPUS = """
import hashlib
from gensim.corpora import WikiCorpus
from gensim.test.utils import datapath
texts = WikiCorpus(datapath({file!r}), dictionary={{}}, processes=1).get_texts()
if __name__ == "__main__":
    print(hashlib.sha256(" ".join(word for text in texts for word in text).encode()).hexdigest())
"""


def test_the_wikipedia_extract_is_that_of_gensims_wikicorpus_in_pieces_that_gensim_does_not_cut(tmp_path):
    pieces = corpora.wikipedia()
    script = tmp_path / "wiki.py"  # a process of its own, because WikiCorpus forks
    script.write_text(WIKI_CORPUS.format(file=corpora.WIKIPEDIA_FILE))
    theirs = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout.strip()
    assert hashlib.sha256(" ".join(word for piece in pieces for word in piece).encode()).hexdigest() == theirs
    assert sum(map(len, pieces)) == 452_944 == corpora.Text(corpora.WIKIPEDIA).words
    assert max(map(len, pieces)) == corpora.PIECE < 10_000


def test_own_text_is_cut_at_full_stops_and_lines_and_keeps_emoji():
    text = "Cats purr. Dogs bark!\nI ❤ cats 😀 — don't you?"
    assert corpora.own(text) == [["cats", "purr"], ["dogs", "bark"], ["i", "❤", "cats", "😀", "don't", "you"]]


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ("猫坐在垫子上。狗坐下了！", ["猫 坐 在 垫 子 上", "狗 坐 下 了"]),
        ("बिल्ली चटाई पर बैठी। कुत्ता बैठा।", ["बिल्ली चटाई पर बैठी", "कुत्ता बैठा"]),
        ("قَطٌّ جَلَسَ على السجادة.", ["قَطٌّ جَلَسَ على السجادة"]),
        ("แมวนั่ง หมานั่ง ที่นี่", ["แมวนั่ง หมานั่ง ที่นี่"]),
        ("cafe\u0301 no\u0308el deux", ["cafe\u0301 no\u0308el deux"]),
    ],
    ids=["Chinese", "Hindi", "Arabic with vowels", "Thai", "accents apart from their letters"],
)
def test_the_words_of_other_scripts_stay_whole(typed, sentences):
    assert corpora.own(typed) == [sentence.split() for sentence in sentences]


def test_a_run_of_letters_that_is_no_word_is_cut():
    found = corpora.own("a" * 5_000 + " one two " + "-".join("b" * 5_000))
    assert max(len(word) for sentence in found for word in sentence) < 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "the text has no words"),
        ("?!… \n\n", "the text has no words"),
        ("word word word", "only one word"),
        ("two words two words", "only two different words"),
        ("a " * 300_000, "600,000 characters; use at most 500,000"),
    ],
    ids=["empty", "no letters", "one word", "two words", "too long"],
)
def test_a_text_without_a_map_in_it_gets_a_sentence(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        corpora.own(typed)


def test_a_thousand_lines_with_emoji_are_a_text():
    lines = "\n".join(f"line {k} is happy 😀 and 🚀 flies" for k in range(1_000))
    found = corpora.own(corpora.decode(lines.encode()))
    assert len(found) == 1_000 and all("😀" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("naïve".encode(), "naïve"),
        ("\ufeffnaïve".encode(), "naïve"),
        ("naïve".encode("utf-16"), "naïve"),
        ("naïve".encode("cp1252"), "naïve"),
    ],
    ids=["UTF-8", "UTF-8 with a mark", "UTF-16", "Windows-1252"],
)
def test_the_usual_encodings_are_read(raw, text):
    assert corpora.decode(raw) == text


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "the file is empty"),
        (b" \n ", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 50, "the file is not a text"),
        (b"PK\x03\x04" + b"\x00" * 200, "the file is not a text"),
        (b"a" * 2_000_001, "2.0 MB; use a text of at most 2 MB"),
    ],
    ids=["empty", "blank", "a picture", "an archive", "too large"],
)
def test_a_file_that_is_no_text_gets_a_sentence(raw, sentence):
    with pytest.raises(ValueError, match=sentence):
        corpora.decode(raw)


def test_an_unknown_corpus_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no corpus Shakespeare; use one of royal-family grammar"):
        corpora.Text("Shakespeare")
