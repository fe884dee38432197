// Templates by example: sections, holes of every kind, where values come from, and what is refused where.
module Llm.Core.Tests.PromptTemplateTests

open System
open System.Collections.Generic
open NUnit.Framework
open Llm.Core

type Author = { Name: string; Born: int option }

type Book = { Title: string; Author: Author; Price: decimal }

let private book =
    {
        Title = "The Name of the Wind"
        Author = { Name = "Patrick Rothfuss"; Born = Some 1973 }
        Price = 12.5m
    }

let private cover = Image.Url "https://example.com/cover.png"

let private messages (template: string) (input: 'input) : Result<Message list, string> =
    TextTemplate.parse template
    |> Result.bind TextTemplate.compile<'input>
    |> Result.bind (fun render -> render input)
    |> Result.mapError TemplateError.render

let private gives (expected: Message list) (actual: Result<Message list, string>) =
    match actual with
    | Ok messages -> Assert.That(messages, Is.EqualTo<Message list> expected)
    | Error errors -> Assert.Fail errors

let private says (expected: string) (actual: Result<Message list, string>) = gives [ Message.user expected ] actual

let private fails (expected: string) (actual: Result<Message list, string>) =
    match actual with
    | Error errors -> Assert.That(errors, Is.EqualTo expected)
    | Ok messages -> Assert.Fail $"%A{messages}"

let private parts (parts: UserPart list) : Message list =
    match Message.userParts parts with
    | Ok message -> [ message ]
    | Error error -> failwith (LlmError.render error)

[<Test>]
let ``sections become messages`` () =
    messages
        """
        SYSTEM:
        You are a librarian.
          Be brief.
        ASSISTANT: What do you like?
        USER: Books like {title}
        """
        book
    |> gives
        [
            Message.system "You are a librarian.\n  Be brief."
            Message.assistant "What do you like?"
            Message.user "Books like The Name of the Wind"
        ]

[<Test>]
let ``a section begins at the start of a line only`` () = messages "Say USER: and SYSTEM: {x}" "twice" |> says "Say USER: and SYSTEM: twice"

[<Test>]
let ``text before the first section is the user's`` () =
    messages "Before\nSYSTEM: Inside" () |> gives [ Message.user "Before"; Message.system "Inside" ]

[<Test>]
let ``an empty section is no message`` () = messages "SYSTEM:\nUSER: Hi\nASSISTANT:  " () |> says "Hi"

[<Test>]
let ``a history stands where it is put`` () =
    let history = [ Message.user "One"; Message.assistant "Two" ]

    messages "SYSTEM: Go on.\nMESSAGES: {history}\nUSER: {question}" {| history = history; question = "Three" |}
    |> gives [ Message.system "Go on."; Message.user "One"; Message.assistant "Two"; Message.user "Three" ]

[<Test>]
let ``members of members, formats and widths`` () =
    messages "{author.name} ({author.born}): {price:F2}|{price,8:F1}|{title,-22}|" book
    |> says "Patrick Rothfuss (1973): 12.50|    12.5|The Name of the Wind  |"

[<Test>]
let ``numbers and dates are written in the invariant culture`` () =
    let before = Globalization.CultureInfo.CurrentCulture

    try
        let commas = Globalization.CultureInfo.InvariantCulture.Clone() :?> Globalization.CultureInfo
        commas.NumberFormat.NumberDecimalSeparator <- ","
        Globalization.CultureInfo.CurrentCulture <- commas
        messages "{n} {d:yyyy-MM-dd}" {| n = 1.5; d = DateTime(2026, 1, 2) |} |> says "1.5 2026-01-02"
    finally
        Globalization.CultureInfo.CurrentCulture <- before

[<Test>]
let ``lists and lists of lists`` () =
    messages "{a:list}\n--\n{b:lists}" {| a = [ "x"; "y" ]; b = [ [ "1"; "2" ]; [ "3" ] ] |} |> says "x\ny\n--\n1\n2\n\n3"

[<Test>]
let ``nothing is no text and no part`` () = messages "a{x}b{y:image}" {| x = (None: string option); y = (None: Image option) |} |> says "ab"

[<Test>]
let ``parts stand where their holes do`` () =
    let sound = { MediaType = "audio/wav"; Data = Bytes.ofArray [| 1uy |] }
    let paper = Document.Text("text/plain", "words")

    messages
        "See {cover:image}\n{more:images}hear {sound:audio}, read {paper:document}{notes:texts}{rest:parts}"
        {|
            cover = "https://example.com/cover.png"
            more = [ cover; cover ]
            sound = sound
            paper = paper
            notes = [ "n1"; "n2" ]
            rest = [ UserPart.Text "r" ]
        |}
    |> gives (
        parts
            [
                UserPart.Text "See "
                UserPart.Image cover
                UserPart.Image cover
                UserPart.Image cover
                UserPart.Text "hear "
                UserPart.Audio sound
                UserPart.Text ", read "
                UserPart.Document paper
                UserPart.Text "n1"
                UserPart.Text "n2"
                UserPart.Text "r"
            ]
    )

[<Test>]
let ``bytes are what they begin with`` () =
    let png = Array.append [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |] [| 0uy; 1uy |]
    let pdf = Text.Encoding.ASCII.GetBytes "%PDF-1.7"

    messages "{a:image}{b:document}" {| a = png; b = pdf |}
    |> gives (
        parts
            [
                UserPart.Image(Image.Inline("image/png", Bytes.ofArray png))
                UserPart.Document(Document.Inline("application/pdf", Bytes.ofArray pdf))
            ]
    )

    messages "{a:image}" {| a = [| 1uy; 2uy |] |}
    |> fails "line 1, column 1: {a}: the bytes are no image of a kind that is known; give the image itself, with its media type"

[<Test>]
let ``a file's name is not read`` () =
    messages "{a:image}" {| a = "cat.png" |}
    |> fails "line 1, column 1: {a}: 'cat.png' is no address of image; a template reads no files, so give the image itself or its bytes"

[<Test>]
let ``values come from dictionaries and maps too`` () =
    messages "{a} {b}" (Map.ofList [ "a", "1"; "b", "2" ]) |> says "1 2"
    messages "{a} {b.name}" (dict [ "a", box 1; "b", box book.Author ]) |> says "1 Patrick Rothfuss"
    messages "{a}" (Map.ofList [ "b", "2" ]) |> fails "line 1, column 1: {a}: there is no 'a' among the values"

[<Test>]
let ``an input that is one thing fills the one name`` () =
    messages "A {genre} book, {genre}!" "fantasy" |> says "A fantasy book, fantasy!"

    messages "What is {this:image}?" cover
    |> gives (parts [ UserPart.Text "What is "; UserPart.Image cover; UserPart.Text "?" ])

    messages "{a} and {b}" "one" |> fails "line 1, column 9: {b}: the input is one String, which is {a} already"

[<Test>]
let ``a response in a hole is its text`` () =
    let transport = ScriptedTransport.create [ ScriptedTransport.json "{}" ]
    let model = Fake.model Fake.hello transport.Transport
    let response = (Model.call Fake.question Threading.CancellationToken.None model).Result |> Fake.ok
    messages "Translate: {summary}" {| summary = response |} |> says "Translate: Hello"

let private refused<'input> (template: string) : string =
    match TextTemplate.parse template |> Result.bind TextTemplate.compile<'input> with
    | Ok _ -> "it was taken"
    | Error errors -> TemplateError.render errors

[<Test>]
let ``what a type cannot fill is an error before there is a value`` () =
    let all =
        [
            refused<Book> "A {genre} book", "line 1, column 3: {genre}: there is no 'genre' in Book; there is Title, Author, Price"
            refused<Book> "\n  {author.age}", "line 2, column 3: {author.age}: there is no 'age' in Author; there is Name, Born"
            refused<Book> "{title:list}", "line 1, column 1: {title}: this is no list, but String"
            refused<Book> "{title:F2}", "line 1, column 1: {title}: String has no formats, so 'F2' says nothing"
            refused<Book> "{price:image}", "line 1, column 1: {price}: Decimal is not an image"
            refused<{| a: int list |}> "{a}", "line 1, column 1: {a}: this is a list; write :list for its items, a line each, or :parts"
            refused<{| a: byte[] |}> "{a}", "line 1, column 1: {a}: these are bytes; write :image, :audio or :document"
            refused<{| a: Image |}> "SYSTEM: {a}", "line 1, column 9: {a}: Image belongs in USER"
            refused<{| a: string |}> "MESSAGES: {a}", "line 1, column 11: {a}: MESSAGES wants a list of messages, which String is not"
        ]

    for actual, expected in all do
        Assert.That(actual, Is.EqualTo expected)

[<TestCase("a {b", "line 1, column 3: this { is not closed on its line; for a brace write {{")>]
[<TestCase("a } b", "line 1, column 3: this } closes nothing; for a brace write }}")>]
[<TestCase("{}", "line 1, column 1: a hole needs a name; for a brace write {{ or }}")>]
[<TestCase("say {\"a\": 1}", "line 1, column 5: '\"a\"' is no name; for a brace write {{ or }}")>]
[<TestCase("{a:.2f}", "line 1, column 1: '.2f' is a format of Python; .NET's is F2")>]
[<TestCase("{a:image(size=1)}", "line 1, column 1: there is no option 'size' here")>]
[<TestCase("{a:image(detail=low)}", "line 1, column 1: images are sent with detail=auto; detail=low is not one that every provider knows")>]
[<TestCase("SYSTEM: {a:image}", "line 1, column 9: an image cannot be in SYSTEM, which is one text")>]
[<TestCase("USER: a\nASSISTANT: {a:audios}", "line 2, column 12: audio cannot be in ASSISTANT; it belongs in USER")>]
[<TestCase("MESSAGES: a {b}", "line 1, column 1: MESSAGES takes one hole and nothing else, such as MESSAGES: {history}")>]
[<TestCase("{a\n} {",
           "line 1, column 1: this { is not closed on its line; for a brace write {{\nline 2, column 1: this } closes nothing; for a brace write }}\nline 2, column 3: this { is not closed on its line; for a brace write {{")>]
let ``what is no template is refused with its place`` (template: string) (expected: string) =
    match TextTemplate.parse template with
    | Ok _ -> Assert.Fail "it was taken"
    | Error errors -> Assert.That(TemplateError.render errors, Is.EqualTo expected)

[<Test>]
let ``a template may ask for its prompt to be cached`` () =
    let caching text = (PromptTemplate.parse<unit> text |> Result.map _.Caching) = Ok(Some(PromptCaching.For CacheLifetime.OneHour))
    Assert.That(caching "Long text {:cache_control(ttl=1h)}")
    Assert.That((PromptTemplate.parse<unit> "Long text" |> Result.map _.Caching) = Ok None)

[<Test>]
let ``an interpolated string keeps its parts apart`` () =
    let prompt =
        PromptTemplate.interpolated (fun (genre: string, image: Image) -> $"A {genre} book\nlike {image}, {1.5:F2}{{}}")

    match PromptTemplate.messages ("fantasy", cover) prompt with
    | Ok messages ->
        let expected = parts [ UserPart.Text "A fantasy book\nlike "; UserPart.Image cover; UserPart.Text ", 1.50{}" ]
        Assert.That(messages, Is.EqualTo<Message list> expected)
    | Error error -> Assert.Fail(LlmError.render error)

[<Test>]
let ``a member that throws is an error with its place`` () =
    let input = Dictionary<string, obj>()
    input["list"] <- lazy (failwith<int> "no value today")
    messages "a {list.value}" input |> fails "line 1, column 3: {list.value}: it could not be read: no value today"

[<Test>]
let ``a template may be long`` () =
    let holes = String.replicate 100_000 " {x}"
    let lines = String.replicate 20_000 "a line of forty characters, or so it is\n"

    match TextTemplate.parse (lines + holes) with
    | Ok template -> Assert.That((TextTemplate.holes template).Length, Is.GreaterThan 0)
    | Error errors -> Assert.Fail(TemplateError.render errors)

[<Test>]
let ``the lines of a long text are joined once`` () =
    let allocated count =
        let text = String.replicate count "a line of forty characters, or so it is\n"
        TextTemplate.parse text |> ignore
        let before = GC.GetAllocatedBytesForCurrentThread()
        TextTemplate.parse text |> ignore
        float (GC.GetAllocatedBytesForCurrentThread() - before)

    Assert.That(allocated 8_000 / allocated 2_000, Is.LessThan 7.0)
