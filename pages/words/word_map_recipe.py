"""Word2Vec by gensim on the page's text with the page's settings: the words nearest to a sum of words."""

import bz2
import re
from pathlib import Path

import gensim.downloader
import numpy as np
from gensim.corpora.wikicorpus import extract_pages, process_article
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath

# --- settings: the page writes its own here
corpus = "royal-family grammar"  # or "Wikipedia extract", "Lee news", "own text"
by_hand = {}  # word: numbers, in place of a training
download = ""  # or a name of gensim.downloader, such as "glove-wiki-gigaword-50"
count = 20_000  # sentences of the grammar
text_seed = 0
own_text = ""  # for "own text": paste it here
settings = {
    "sg": 1,
    "hs": 0,
    "negative": 5,
    "vector_size": 20,
    "window": 5,
    "min_count": 1,
    "sample": 0,
    "epochs": 10,
    "seed": 1,
}
question = "king - man + woman"
families = [  # of the grammar: template, contexts of each column, rows of words and contexts; the page writes all
    (
        "the {kind} and {row} of the {word} with {row2} and {kind2}",
        ("beard tie moustache", "dress earrings necklace"),
        (
            ("king queen", "throne crown palace"),
            ("man woman", "field village plough"),
            ("boy girl", "school toys playground"),
        ),
    ),
]


# --- the text, as sentences of words
def write_sentence(template, kinds, row, column, random):
    words, own = (part.split() for part in row)
    kinds = kinds[column].split()
    kind, kind2 = (kinds[k] for k in random.permutation(len(kinds))[:2])
    first, second = (own[k] for k in random.integers(len(own), size=2))
    return template.format(word=words[column], row=first, row2=second, kind=kind, kind2=kind2).split()


chinese = "\u3400-\u9fff"  # each character is a word
signs = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0df3\u0e31-\u0ecd\u102b-\u103e\u17b4-\u17d3"
run = rf"(?:[^\W_{chinese}]|[{signs}]){{1,40}}"  # letters, digits, accents
word = re.compile(rf"[{chinese}]|{run}(?:['’-]{run}){{,3}}|[☀-➿\U0001F300-\U0001FAFF]")
if by_hand or download:
    sentences = []
elif corpus == "royal-family grammar":
    random = np.random.default_rng(text_seed)
    subjects = [(f[0], f[1], row, column) for f in families for row in f[2] for column in range(len(f[1]))]
    sentences = [write_sentence(*subjects[k], random) for k in random.integers(len(subjects), size=count)]
elif corpus == "Wikipedia extract":
    file = datapath("enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2")
    with bz2.BZ2File(file) as pages:  # as WikiCorpus reads it, but without its processes
        articles = [process_article((text, title, page))[0] for title, text, page in extract_pages(pages, ("0",))]
    sentences = [
        article[k : k + 1000] for article in articles if len(article) >= 50 for k in range(0, len(article), 1000)
    ]
elif corpus == "Lee news":
    lines = Path(datapath("lee_background.cor")).read_text("utf-8").splitlines()
    sentences = [word.findall(line.lower()) for line in lines]
else:
    parts = re.split(r"[.!?…]+\s|[。！？।]+|\n+", own_text.lower())
    sentences = [found for part in parts if (found := word.findall(part))]

# --- the vectors: made by hand, fetched or trained
if by_hand:
    vectors = KeyedVectors(len(next(iter(by_hand.values()))))
    vectors.add_vectors(list(by_hand), np.float32(list(by_hand.values())))
elif download:
    file = gensim.downloader.load(download, return_path=True)
    vectors = KeyedVectors.load_word2vec_format(file, limit=10_000)
else:
    vectors = Word2Vec(sentences, workers=1, **settings).wv  # the fourth digit depends on the processor

# --- the sum of words: gensim leaves out the words of the question
terms = re.findall(r"([+-]) (\S+)", "+ " + question)
plus, minus = ([w for sign, w in terms if sign == s] for s in "+-")
result = vectors.most_similar(positive=plus, negative=minus, topn=min(8, len(vectors) - len(terms)))
for name, cosine in result:
    print(f"{name:12s} {cosine:.4f}")
