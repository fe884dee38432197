// What the types must forbid does not compile: the compiler is asked.
module Llm.Core.Tests.CompilationTests

open NUnit.Framework
open Llm.Core.Tests.Compiler

[<Test>]
let ``a context of the wrong type does not compile`` () =
    let source =
        """module Snippet
open System.Threading
open Llm.Core
type Library = { Books: int }
type Kitchen = { Ovens: int }
let count = Tool.createWithContext "count" "" (fun (library: Library) () -> library.Books)
let bake = Tool.createWithContext "bake" "" (fun (kitchen: Kitchen) () -> kitchen.Ovens)
let plain = Tool.create "plain" "" (fun () -> 1)
let none = CancellationToken.None
let right (tools: Toolkit<Library>) = Toolkit.executeAll { Books = 1 } [] none tools
let alsoRight = Toolkit.create [ count; Tool.inContext plain ]
let mixed = Toolkit.create [ count; bake ]
let given (tools: Toolkit<Library>) = Toolkit.executeAll { Ovens = 1 } [] none tools
let looped (tools: Toolkit<Library>) model = ToolLoop.run 3 { Ovens = 1 } tools [] none model
let bare: Result<Toolkit<unit>, LlmError> = Toolkit.create [ count ]
let said: Message = Message.user (AssistantPart.Thought "no user thinks")
"""

    Assert.That(wrongLines source, Is.EqualTo<int list> [ 12; 13; 14; 15; 16 ])
