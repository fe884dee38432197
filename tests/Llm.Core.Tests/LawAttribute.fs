// The attribute of a law: a property that is given the library's generators and shrinkers. Used by every test of a law.
namespace Llm.Core.Tests

open FsCheck.NUnit
open Llm.FsCheck

/// A property over the vocabulary's own generators. Name it as a sentence, and add it to docs/laws.md.
type LawAttribute() as this =
    inherit PropertyAttribute()
    do this.Arbitrary <- [| typeof<Arbitraries> |]
