// A format: what an answer should look like, together with how it is read into a value. The text is read by pure functions; only the
// descriptions come from outside.
namespace Llm.Core

/// <summary>What an answer should look like, and how it becomes a value.</summary>
[<NoComparison; NoEquality>]
type Format<'value> =
    internal
        {
            output: OutputFormat
            parse: string -> Result<'value, ParseProblem>
            partial: string -> PartialJson option
            decodePartial: PartialJson -> obj voption
            /// How the texts of an answer are put together before they are read.
            style: ViewStyle
        }

    /// What the provider is asked for.
    member this.Output = this.output

/// <summary>Functions on <see cref="T:Llm.Core.Format`1"/>.</summary>
[<RequireQualifiedAccess>]
module Format =
    let private read (shape: Shape) (text: string) : Result<'value, ParseProblem> =
        Answer.extract text
        |> Result.bind (fun json -> Shape.decode json shape |> Result.mapError ParseProblem.DoesNotFit)
        |> Result.map unbox<'value>

    let private create (shape: Shape) : Format<'value> =
        let carrier = if shape.IsObject then shape else Shape.wrapped shape

        let partial (text: string) =
            let found = Answer.extractPartial text
            if shape.IsObject then found else found |> Option.bind (PartialJson.tryProperty Shape.wrapping)

        {
            output =
                {
                    Name = shape.Name
                    Description = shape.Description
                    Schema = carrier.Schema
                    Mode = None
                    Instructions = None
                }
            parse = read carrier
            partial = partial
            decodePartial = fun json -> Shape.decodePartial json shape
            style = ViewStyle.Joined
        }

    /// <summary>The format of a type; or where in it something has no shape in JSON, and why.</summary>
    let tryOfType<'value> () : Result<Format<'value>, ShapeProblem list> = Shapes.tryOf typeof<'value> |> Result.map create

    /// <summary>
    /// The format of a type: a record, a union, a class, a list, a number. What is no object is carried by one, as its property
    /// <c>output</c>, and taken out again. A type that has no shape in JSON, such as a function, is a <c>NotSupportedException</c>.
    /// </summary>
    /// <example><c>Format.ofType&lt;{| Title: string; Author: string |}&gt; ()</c></example>
    let ofType<'value> () : Format<'value> = Shapes.get typeof<'value> |> create

    /// <summary>A format of one's own: what the model is told, and how its text is read.</summary>
    /// <example><c>Format.parser "csv" "Answer with comma-separated values only." (fun text -> Ok(text.Split ','))</c></example>
    let parser (name: string) (instructions: string) (parse: string -> Result<'value, string>) : Format<'value> =
        {
            output =
                {
                    Name = name
                    Description = None
                    Schema = Json.trusted "{}"
                    Mode = Some FormatMode.Parser
                    Instructions = Some instructions
                }
            parse = parse >> Result.mapError ParseProblem.Refused
            partial = fun _ -> None
            decodePartial = fun _ -> ValueNone
            style = ViewStyle.Text
        }

    /// <summary>The format, held to in this way; a parser's is always its own.</summary>
    let withMode (mode: FormatMode) (format: Format<'value>) : Format<'value> =
        match format.output.Mode with
        | Some FormatMode.Parser -> format
        | _ -> { format with output = { format.output with Mode = Some mode } }

    /// <summary>The format with the caller's own words in the system message; empty for none.</summary>
    let withInstructions (instructions: string) (format: Format<'value>) : Format<'value> =
        { format with output = { format.output with Instructions = Some instructions } }

    /// <summary>The value of an answer's text, or what is wrong with it.</summary>
    /// <example><c>Format.ofType&lt;int&gt; () |> Format.parse "{\"output\": 3}"</c> evaluates to <c>Ok 3</c>.</example>
    let parse (text: string) (format: Format<'value>) : Result<'value, ParseProblem> = format.parse text

    /// <summary>The value of an answer, or what is wrong with it.</summary>
    let parseContent (content: AssistantPart list) (format: Format<'value>) : Result<'value, ParseProblem> =
        match format.style with
        | ViewStyle.Joined -> format.parse (Content.joined content)
        | _ -> format.parse (Content.text content)

    /// <summary>What can be said of the value while its text is still coming; None as long as nothing can. It only grows.</summary>
    let partial (text: string) (format: Format<'value>) : PartialJson option = format.partial text

    /// <summary>What to tell the model when its answer is not the value that it should be.</summary>
    let retryMessage (problem: ParseProblem) : string = ParseProblem.retryMessage problem
