// What the server says: it recommends a book, and knows five of them.
namespace Llm.Samples.Loopback

open System

[<RequireQualifiedAccess>]
module internal Librarian =
    let private shelf =
        [
            "science fiction",
            "Try The Left Hand of Darkness by Ursula K. Le Guin. An envoy comes alone to a frozen world to ask it to join the others, "
            + "and learns on the ice how much of what he took for nature was only custom."

            "fantasy",
            "Try Piranesi by Susanna Clarke. A man lives in a house of endless halls, with tides on its stairs and birds among its "
            + "statues, and keeps a careful diary of both. Then he reads his own early entries."

            "mystery",
            "Try The Name of the Rose by Umberto Eco. A friar with a taste for logic counts the dead of an abbey, whose library was "
            + "built to keep its readers out."

            "history",
            "Try Wolf Hall by Hilary Mantel. A blacksmith's son does the sums for a king who wants a divorce, and remembers everything."

            "poetry",
            "Try the poems of Wisława Szymborska. She looks at an onion, a grain of sand, a hotel that was burnt down, and each looks "
            + "back a little surprised."
        ]

    let private genres = shelf |> List.map fst |> String.concat ", "

    let private whenLost =
        $"I am a small server on your own machine, and not a model: I only know books. Name a genre ({genres}), and I recommend one."

    /// What it answers to a text.
    let answer (question: string) : string =
        shelf
        |> List.tryFind (fun (genre, _) -> question.Contains(genre, StringComparison.OrdinalIgnoreCase))
        |> Option.map snd
        |> Option.defaultValue whenLost

    /// A text in tokens, here its words with the space before them.
    let tokens (text: string) : string list =
        text.Split ' ' |> List.ofArray |> List.mapi (fun position word -> if position = 0 then word else " " + word)
