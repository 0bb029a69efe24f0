"""Where the specs of a place are kept: one document for each name and source.

`objects` is what any place of objects can do, `local` a folder and `bucket` an object store that do
it; `document` is what stands in an object, `shelf` the documents of one source, each changed by
compare and swap alone; `store` is what a program may do with them.
"""
