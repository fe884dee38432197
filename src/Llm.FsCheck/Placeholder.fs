/// Holds the place of the first generator.
namespace Llm.FsCheck

open FsCheck.FSharp

[<RequireQualifiedAccess>]
module Placeholder =

    /// `names` generates the name of the library only.
    let names = Gen.constant "Llm"
