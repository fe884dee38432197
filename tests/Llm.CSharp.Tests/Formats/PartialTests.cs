// A streamed answer as a value that grows.
using NUnit.Framework;

namespace Llm.Tests.Formats;

public sealed record Author(string Name, int? Born = null);

public sealed record Novel(string Title, Author Author, IReadOnlyList<string> Tags, int Pages, Genre Genre = Genre.Fantasy);

/// <summary>What one wants to show of a novel as soon as it is known.</summary>
public sealed record NovelSoFar(string? Title, Author? Author, int? Pages);

public sealed class PartialTests
{
    private const string Emma =
        """{"Title":"Emma","Author":{"Name":"Jane Austen"},"Tags":["a","b"],"Pages":474,"Genre":"Crime"}""";

    private static readonly string[] _titles = ["", "E", "Em", "Emm", "Emma"];

    private static readonly PartialState[] _states = [PartialState.Absent, PartialState.Growing, PartialState.Whole];

    [Test]
    public async Task Members_are_absent_growing_or_whole()
    {
        List<Partial<Novel>> shown = await Partials<Novel>(Emma);

        Assert.That(States(shown, partial => partial.StateOf(novel => novel.Title)), Is.EqualTo(_states));
        Assert.That(States(shown, partial => partial.StateOf(novel => novel.Author.Name)), Is.EqualTo(_states));
        Assert.That(
            States(shown, partial => partial.StateOf(novel => novel.Pages)),
            Is.EqualTo(new[] { PartialState.Absent, PartialState.Whole }));
        Assert.That(Titles(shown).Distinct(), Is.EqualTo(_titles));
        Assert.That(shown[^1].State, Is.EqualTo(PartialState.Whole));
        Assert.That(shown[^2].State, Is.EqualTo(PartialState.Whole).Or.EqualTo(PartialState.Growing));
    }

    [Test]
    public async Task Items_of_lists_show_as_they_come()
    {
        List<Partial<Novel>> shown = await Partials<Novel>(Emma);
        int second = 1;

        var lengths = shown
            .Select(partial => partial.TryGet(novel => novel.Tags, out IReadOnlyList<string>? tags) ? tags.Count : -1)
            .Distinct();

        Assert.That(lengths, Is.EqualTo(new[] { -1, 0, 1, 2 }));
        Assert.That(shown[^1].TryGet(novel => novel.Tags[second], out string? tag), Is.True);
        Assert.That(tag, Is.EqualTo("b"));
    }

    [Test]
    public async Task Nothing_is_guessed()
    {
        List<Partial<Novel>> shown = await Partials<Novel>(Emma);

        // A genre is what it is by default only when there is no other, which the end alone can tell.
        Assert.That(shown.Count(partial => partial.Value is not null), Is.EqualTo(shown.Count(partial => partial.TryGet(novel => novel.Genre, out _))));
        Assert.That(shown.Select(partial => partial.Value).OfType<Novel>().Select(novel => novel.Genre), Is.All.EqualTo(Genre.Crime));
        Assert.That(shown.Any(partial => partial.TryGet(novel => novel.Pages, out int pages) && pages != 474), Is.False);
    }

    [Test]
    public async Task What_is_known_is_a_record_of_what_may_be_missing()
    {
        List<Partial<Novel>> shown = await Partials<Novel>(Emma);

        var soFar = shown.Select(partial => partial.TryAs(out NovelSoFar? novel) ? novel : null).OfType<NovelSoFar>().ToList();

        Assert.That(soFar.Select(novel => novel.Title).OfType<string>().Distinct(), Is.EqualTo(_titles));
        Assert.That(soFar, Does.Contain(new NovelSoFar("Emma", new Author("Jane"), null)));
        Assert.That(soFar[^1], Is.EqualTo(new NovelSoFar("Emma", new Author("Jane Austen"), 474)));
    }

    [Test]
    public async Task The_last_one_has_the_value_and_the_stream_its_answer_and_all_may_be_read_again()
    {
        await using StreamResponse<Novel> stream = Stream<Novel>(Emma);

        List<Partial<Novel>> first = await stream.PartialsAsync().ToListAsync();
        List<Partial<Novel>> again = await stream.PartialsAsync().ToListAsync();
        Response<Novel> answer = await stream.FinishAsync();

        Assert.That(again.Select(partial => partial.Json), Is.EqualTo(first.Select(partial => partial.Json)));
        Assert.That(first.Take(first.Count - 1).Select(partial => partial.Result), Is.All.Null);
        Assert.That(first[^1].Result!.Value.Value.Title, Is.EqualTo("Emma"));
        Assert.That(first[^1].ToString(), Is.EqualTo(Emma));
        Assert.That(answer.Parse().Pages, Is.EqualTo(474));
    }

    [Test]
    public async Task An_answer_that_is_no_value_says_so_at_its_end()
    {
        List<Partial<Novel>> shown = await Partials<Novel>("""{"Title":3""" + "}");

        Assert.That(shown[^1].Result!.Value.Error, Is.InstanceOf<ParseException>().With.Message.Contains("Author"));
        Assert.That(shown[^1].Value, Is.Null);
    }

    [Test]
    public async Task A_cut_stream_throws_after_what_came()
    {
        await using StreamResponse<Novel> stream = Fake.Model(Fake.CutStream("{\"Title\":\"E")).WithFormat<Novel>().Stream("A novel.");
        var shown = new List<Partial<Novel>>();

        Assert.That(
            async () =>
            {
                await foreach (Partial<Novel> partial in stream.PartialsAsync())
                    shown.Add(partial);
            },
            Throws.InstanceOf<TruncatedStreamException>());
        Assert.That(Titles(shown), Is.EqualTo(new[] { "E" }));
    }

    [Test]
    public async Task What_is_no_object_grows_too()
    {
        List<Partial<List<int>>> shown = await Partials<List<int>>("""{"output":[1,2]}""");

        Assert.That(shown.Select(partial => partial.Value?.Count).Distinct(), Is.EqualTo(new int?[] { 0, 1, 2 }));
        Assert.That(shown[^1].TryGetValue(out List<int>? numbers), Is.True);
        Assert.That(numbers, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task What_names_no_member_is_refused()
    {
        Partial<Novel> partial = (await Partials<Novel>(Emma))[0];

        Assert.That(() => partial.StateOf(novel => novel.Title.Trim()), Throws.InstanceOf<NotSupportedException>());
    }

    private static StreamResponse<T> Stream<T>(string text) =>
        Fake.Model(Fake.Stream([.. text.Select(character => character.ToString())])).WithFormat<T>().Stream("Please.");

    private static async Task<List<Partial<T>>> Partials<T>(string text)
    {
        await using StreamResponse<T> stream = Stream<T>(text);
        return await stream.PartialsAsync().ToListAsync();
    }

    private static IEnumerable<PartialState> States<T>(IEnumerable<Partial<T>> shown, Func<Partial<T>, PartialState> state) =>
        shown.Select(state).Distinct();

    private static IEnumerable<string> Titles(IEnumerable<Partial<Novel>> shown) =>
        shown.Select(partial => partial.TryGet(novel => novel.Title, out string? title) ? title : null).OfType<string>();
}
