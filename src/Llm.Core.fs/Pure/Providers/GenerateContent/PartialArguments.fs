// Arguments of a tool call that come value by value, each with its JSON path (RFC 9535), put together to one JSON object.
// Called by the decoder; Vertex streams arguments so where it is asked to.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

/// A value of the arguments, or a piece of a text.
type internal ArgumentPiece =
    {
        Path: string
        /// The JSON text of a value that came whole, else ValueNone.
        Value: string voption
        /// The piece of a text.
        Text: string
        /// Whether more of the same text follows.
        Continues: bool
    }

type private Step =
    | Key of name: string
    | Item of index: int

type private Node =
    | Leaf of json: string
    | Members of Map<string, struct (int * Node)>
    | Items of Map<int, Node>

[<RequireQualifiedAccess>]
module internal PartialArguments =
    /// One entry of `partialArgs`; an entry without a value stands for null.
    let read (element: JsonElement) : ArgumentPiece voption =
        match Dom.string "jsonPath" element with
        | ValueNone -> ValueNone
        | ValueSome path ->
            let whole json = ValueSome { Path = path; Value = ValueSome json; Text = ""; Continues = false }
            let continues = Dom.property "willContinue" element |> ValueOption.exists (fun flag -> flag.ValueKind = JsonValueKind.True)

            match Dom.string "stringValue" element, Dom.scalar "numberValue" element, Dom.scalar "boolValue" element with
            | ValueSome text, _, _ -> ValueSome { Path = path; Value = ValueNone; Text = text; Continues = continues }
            | _, ValueSome number, _ -> whole number
            | _, _, ValueSome flag -> whole flag
            | _ -> whole "null"

    let private quoted (path: string) (start: int) : struct (string * int) voption =
        let quote = path[start]
        let name = StringBuilder()
        let mutable position = start + 1

        while position < path.Length && path[position] <> quote do
            if path[position] = '\\' && position + 1 < path.Length then position <- position + 1

            name.Append path[position] |> ignore
            position <- position + 1

        if position + 1 < path.Length && path[position + 1] = ']' then
            ValueSome(struct (name.ToString(), position + 2))
        else
            ValueNone

    let rec private steps (path: string) (position: int) (taken: Step list) : Step list voption =
        if position >= path.Length then
            ValueSome(List.rev taken)
        elif List.length taken >= Json.maxDepth then
            ValueNone
        elif path[position] = '.' then
            let stop = path.AsSpan(position + 1).IndexOfAny('.', '[')
            let length = if stop < 0 then path.Length - position - 1 else stop
            steps path (position + 1 + length) (Key(path.Substring(position + 1, length)) :: taken)
        elif path[position] = '[' && position + 1 < path.Length && (path[position + 1] = '\'' || path[position + 1] = '"') then
            match quoted path (position + 1) with
            | ValueSome(struct (name, next)) -> steps path next (Key name :: taken)
            | ValueNone -> ValueNone
        elif path[position] = '[' then
            let stop = path.IndexOf(']', position)

            match if stop < 0 then (false, 0) else Int32.TryParse(path.AsSpan(position + 1, stop - position - 1)) with
            | true, index when index >= 0 -> steps path (stop + 1) (Item index :: taken)
            | _ -> ValueNone
        else
            ValueNone

    let private parsePath (path: string) : Step list voption = if path.StartsWith('$') then steps path 1 [] else ValueNone

    let rec private put (steps: Step list) (leaf: string) (node: Node voption) : Node =
        match steps with
        | [] -> Leaf leaf
        | Key name :: rest ->
            let members =
                match node with
                | ValueSome(Members members) -> members
                | _ -> Map.empty

            let struct (order, inner) =
                match Map.tryFind name members with
                | Some(struct (order, inner)) -> struct (order, ValueSome inner)
                | None -> struct (members.Count, ValueNone)

            Members(Map.add name (struct (order, put rest leaf inner)) members)
        | Item index :: rest ->
            let items =
                match node with
                | ValueSome(Items items) -> items
                | _ -> Map.empty

            let inner = Map.tryFind index items |> ValueOption.ofOption
            Items(Map.add index (put rest leaf inner) items)

    let rec private render (builder: StringBuilder) (node: Node) : unit =
        let separated (opening: char) (closing: char) (writeOne: 'item -> unit) (items: 'item seq) =
            builder.Append opening |> ignore

            items
            |> Seq.iteri (fun position item ->
                if position > 0 then builder.Append ',' |> ignore

                writeOne item)

            builder.Append closing |> ignore

        match node with
        | Leaf json -> builder.Append json |> ignore
        | Members members ->
            members
            |> Seq.sortBy (fun pair ->
                let struct (order, _) = pair.Value
                order)
            |> separated '{' '}' (fun pair ->
                let struct (_, inner) = pair.Value
                builder.Append(Json.quote pair.Key).Append ':' |> ignore
                render builder inner)
        | Items items -> items |> Map.values |> separated '[' ']' (render builder)

    /// The JSON text of the value at one path, from its pieces in order: a text grows while it says that it continues.
    let private join (pieces: ArgumentPiece list) : string =
        let text = StringBuilder()
        let mutable grows = false
        let mutable value = "null"

        for piece in pieces do
            match piece.Value with
            | ValueSome json ->
                value <- json
                grows <- false
            | ValueNone ->
                if not grows then text.Clear() |> ignore

                text.Append piece.Text |> ignore
                value <- ""
                grows <- piece.Continues

        if value = "" then Json.quote (text.ToString()) else value

    /// <summary>The arguments that these pieces make, as the text of a JSON object; what has no readable path is left out.</summary>
    let toObject (pieces: ArgumentPiece list) : string =
        let tree =
            pieces
            |> List.groupBy (fun piece -> piece.Path)
            |> List.fold
                (fun tree (path, ofPath) ->
                    match parsePath path with
                    | ValueSome(Key _ :: _ as steps) -> ValueSome(put steps (join ofPath) tree)
                    | _ -> tree)
                ValueNone

        match tree with
        | ValueSome node ->
            let builder = StringBuilder()
            render builder node
            builder.ToString()
        | ValueNone -> "{}"
