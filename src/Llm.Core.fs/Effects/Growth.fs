// How a stream shows as a value that grows: what is known of it after each piece of text, and at last the value itself. A step of a view,
// as those of View.fs are; the views themselves stand in StreamResponse.fs.
namespace Llm.Core

/// The state of the view; its reader is made by the first chunk, so that each enumeration has its own.
[<Struct; NoComparison; NoEquality>]
type internal Growth =
    {
        View: View
        Reader: AnswerReader
        /// What the reader's version was when it was last looked at.
        Seen: struct (int * int)
        /// What was shown last.
        Shown: PartialJson option
        IsOver: bool
    }

[<RequireQualifiedAccess>]
module internal Growth =
    let start (format: Format<'value>) : Growth =
        {
            View = View.start format.style
            Reader = null
            Seen = struct (-1, -1)
            Shown = None
            IsOver = false
        }

    let private last (format: Format<'value>) (growth: Growth) : Partial<'value> =
        let text = growth.Reader.Text
        let result = Format.parse text format

        // Prose before the answer may have looked like it.
        let json =
            match result, Answer.extract text with
            | Ok _, Ok whole -> Format.partial (Json.text whole) format
            | _ -> growth.Shown

        Partial(json, Some result, format.decodePartial)

    let private look (format: Format<'value>) (growth: Growth) : struct (Shown<Partial<'value>> * Growth) =
        let version = growth.Reader.Version

        if version = growth.Seen then
            struct (Nothing, growth)
        else
            let growth = { growth with Seen = version }

            match growth.Reader.Shown |> Option.bind format.carried, growth.Shown with
            | None, _ -> struct (Nothing, growth)
            // What prose held may have been shown.
            | Some json, Some shown when json = shown || not (PartialJson.isGrowth json shown) -> struct (Nothing, growth)
            | Some json, _ -> struct (Item(Partial(Some json, None, format.decodePartial)), { growth with Shown = Some json })

    /// What one more chunk shows, and the state after it.
    let step (format: Format<'value>) (growth: Growth) (chunk: Chunk) : struct (Shown<Partial<'value>> * Growth) =
        let struct (piece, view) = View.step growth.View chunk
        let reader = if isNull growth.Reader then Answer.reader () else growth.Reader
        let grown = { growth with View = view; Reader = reader }

        if piece <> "" then reader.Feed piece

        match chunk with
        | _ when growth.IsOver -> struct (Nothing, grown)
        | Chunk.Finish _ -> struct (Item(last format grown), { grown with IsOver = true })
        | _ when piece = "" -> struct (Nothing, grown)
        | _ -> look format grown
