// The first program with Llm, in C#.
Console.WriteLine($"{Llm.Placeholder.Name} {string.Join(' ', args)}");
