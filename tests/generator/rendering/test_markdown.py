from generator.rendering.markdown import to_html


def test_headings_stand_below_the_page_title_and_skip_no_level() -> None:
    html = to_html("# 一\n\n### 二\n\n## 三\n")
    assert "<h2>一</h2>" in html
    assert "<h3>二</h3>" in html
    assert "<h3>三</h3>" in html


def test_a_cell_carries_its_column_name_for_phones() -> None:
    html = to_html("| 区分 | 限度額 |\n|---|---|\n| 単年 | 250万円 |\n")
    assert '<td data-label="限度額">250万円</td>' in html
    assert '<th scope="col">区分</th>' in html


def test_links_from_the_root_follow_the_site_into_its_folder() -> None:
    html = to_html("[窓口](/places/) [外](https://example.jp/)", base="/koho/")
    assert 'href="/koho/places/"' in html
    assert 'href="https://example.jp/"' in html


def test_no_words_give_no_html() -> None:
    assert to_html(" \n") == ""
