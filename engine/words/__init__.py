"""Words as vectors: corpora, gensim's Word2Vec, projections, neighbours, analogies and their tests."""
