/// Shows that tests and properties run.
module Llm.Core.Tests.PlaceholderTests

open NUnit.Framework
open Llm.Core

[<Test>]
let ``the library has a name`` () = Assert.That("Llm", Is.EqualTo "Llm")

[<FsCheck.NUnit.Property>]
let ``reversing twice is the identity`` (xs: int list) = List.rev (List.rev xs) = xs
